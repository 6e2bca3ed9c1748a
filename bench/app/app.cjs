// SPDX-License-Identifier: Apache-2.0
'use strict'

const http = require('node:http')
const express = require('express')
const winston = require('winston')
const { createApp } = require('./create-app.cjs')
const { serve } = require('./serve.cjs')

const hook = process.env.BENCH_HOOK ? require(process.env.BENCH_HOOK) : undefined
serve(createApp({ express, winston, http, hook }))

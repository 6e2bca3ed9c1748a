// SPDX-License-Identifier: Apache-2.0
import http from 'node:http'
import express from 'express'
import winston from 'winston'
import { createApp } from './create-app.cjs'
import { serve } from './serve.cjs'

const hook = process.env.BENCH_HOOK ? (await import(process.env.BENCH_HOOK)).default : undefined
serve(createApp({ express, winston, http, hook }))

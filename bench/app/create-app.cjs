// SPDX-License-Identifier: Apache-2.0
'use strict'

/**
 * The benchmark's application, the same for every variant. It gets what its twins `app.cjs` and `app.mjs` have loaded, each by its own module
 * system, and a hook: what a user of libraries that need code would have written into it.
 */
function createApp({ express, winston, http, hook }) {
  const { format } = winston
  const formats = [...(hook ? [hook.format(winston)] : []), format.timestamp(), format.json()]
  const logger = winston.createLogger({
    format: format.combine(...formats),
    transports: [new winston.transports.Console()],
  })
  const agent = new http.Agent({ keepAlive: true })
  const downstream = process.env.BENCH_DOWNSTREAM
  const outboundHeaders = () => hook?.outboundHeaders() ?? {}

  const get = () =>
    new Promise((resolve, reject) => {
      const request = http.get(`${downstream}/item`, { agent, headers: outboundHeaders() }, (response) => {
        const chunks = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
      })
      request.on('error', reject)
    })

  const app = express()
  if (hook) app.use(hook.middleware)
  app.use(express.json())
  app.use((_req, res, next) => {
    res.locals.started = process.hrtime.bigint()
    next()
  })
  app.use((req, res, next) => {
    res.locals.user = req.headers.authorization ? 'known' : 'guest'
    next()
  })
  app.use((req, _res, next) => {
    logger.info('request received', { method: req.method, path: req.path })
    next()
  })

  const answer = (res, body) => {
    logger.info('request answered', { user: res.locals.user })
    res.json(body)
  }
  const router = express.Router()
  router.get('/plain/:id', (req, res) => answer(res, { id: req.params.id }))
  router.get('/http/:id', async (_req, res) => answer(res, await get()))
  router.get('/fetch/:id', async (_req, res) => {
    const response = await fetch(`${downstream}/item`, { headers: outboundHeaders() })
    answer(res, await response.json())
  })
  router.post('/body', (req, res) => {
    let length = 0
    req.on('data', (chunk) => {
      length += chunk.length
    })
    req.on('end', () => answer(res, { length }))
  })
  router.get('/logs/:count', (req, res) => {
    for (let line = 2; line < Number(req.params.count); line += 1) logger.info('one more', { line })
    answer(res, { id: req.params.count })
  })
  router.get('/calls/:count', async (req, res) => {
    for (let call = 0; call < Number(req.params.count); call += 1) await get()
    answer(res, { id: req.params.count })
  })
  app.use('/api', router)
  return app
}

module.exports = { createApp }

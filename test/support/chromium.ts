// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { programPath } from '../real/programs.ts'
import { createProject } from './packed.ts'
import type { Owner } from './start-program.ts'

/** A page in a real, headless Chromium. */
export interface Page {
  /** The value of an expression in the page; a promise is awaited. */
  evaluate<T>(expression: string): Promise<T>
  /** Waits until an expression is truthy; fails with what the page shows instead. */
  waitFor(expression: string): Promise<void>
  goTo(url: string): Promise<void>
  /** What is in view, as PNG, or the part of it at the top left. */
  screenshot(file: string, part?: { readonly width: number; readonly height: number }): Promise<void>
}

interface Message {
  readonly id?: number
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

type Send = (method: string, params?: object, sessionId?: string) => Promise<Readonly<Record<string, unknown>>>

const WAIT_MS = 90_000
const POLL_MS = 100
const STOP_MS = 10_000
const VIEW = { width: 1280, height: 800, deviceScaleFactor: 1, mobile: false }

/** Opens a page that ends with the test. */
export async function openPage(owner: Owner, url: string): Promise<Page> {
  const send = await startChromium(owner)
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = (await send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string }
  await send('Emulation.setDeviceMetricsOverride', VIEW, sessionId)

  async function evaluate<T>(expression: string): Promise<T> {
    const parameters = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = (await send('Runtime.evaluate', parameters, sessionId)) as {
      readonly result: { readonly value?: T }
      readonly exceptionDetails?: { readonly exception?: { readonly description?: string } }
    }
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${exceptionDetails.exception?.description}`)
    return result.value as T
  }

  async function waitFor(expression: string): Promise<void> {
    const deadline = Date.now() + WAIT_MS
    while (Date.now() < deadline) {
      if (await evaluate<boolean>(`Boolean(${expression})`)) return
      await sleep(POLL_MS)
    }
    const shown = await evaluate<string>('document.body?.innerText ?? ""')
    throw new Error(`${expression} did not come true in ${WAIT_MS} ms. The page shows:\n${shown}`)
  }

  async function goTo(address: string): Promise<void> {
    const { errorText } = await send('Page.navigate', { url: address }, sessionId)
    if (errorText !== undefined) throw new Error(`Chromium could not open ${address}: ${errorText}`)
    await waitFor('document.readyState === "complete"')
  }

  async function screenshot(file: string, part?: { readonly width: number; readonly height: number }): Promise<void> {
    const clip = { x: 0, y: 0, scale: 1, width: VIEW.width, height: VIEW.height, ...part }
    const { data } = (await send('Page.captureScreenshot', { format: 'png', clip }, sessionId)) as {
      readonly data: string
    }
    writeFileSync(file, Buffer.from(data, 'base64'))
  }

  await goTo(url)
  return { evaluate, waitFor, goTo, screenshot }
}

/** Starts the browser and resolves to its remote control: https://chromedevtools.github.io/devtools-protocol/ */
async function startChromium(owner: Owner): Promise<Send> {
  const { folder, [Symbol.dispose]: removeFolder } = createProject('chromium')
  const args = [
    '--headless',
    '--remote-debugging-port=0',
    `--user-data-dir=${folder}`,
    '--no-first-run',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--hide-scrollbars',
    // The sandbox refuses root, who is the user of containers.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ]
  const child = spawn(programPath('chromium'), args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const closed = new Promise((resolve) => child.on('close', resolve))
  owner.after(async () => {
    // Its processes end with it, and leave the folder alone.
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await closed
    clearTimeout(timer)
    removeFolder()
  })
  const said: string[] = []
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line)
    const [, address] = /^DevTools listening on (ws:\S+)$/.exec(line) ?? []
    if (address === undefined) continue
    // From here on nobody reads it, and a full pipe would stop the browser.
    child.stderr.resume()
    return connect(address)
  }
  throw new Error(`Chromium did not start. It wrote:\n${said.join('\n')}`)
}

async function connect(address: string): Promise<Send> {
  const socket = new WebSocket(address)
  const waiting = new Map<number, (message: Message) => void>()
  let last = 0
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message
    if (message.id === undefined) return
    waiting.get(message.id)?.(message)
    waiting.delete(message.id)
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () => reject(new Error(`${address} could not be opened.`)))
  })
  socket.addEventListener('close', () => {
    for (const answer of waiting.values()) answer({ error: { message: 'Chromium is gone.' } })
  })
  return async (method, params = {}, sessionId) => {
    const id = ++last
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params, sessionId }))
    const { result, error } = await answer
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result ?? {}
  }
}

// SPDX-License-Identifier: Apache-2.0
import { installTools, installVariant, packOurs } from './install.ts'
import { measureRequests } from './measure/request.ts'
import { ROUTES } from './measure/routes.ts'
import { parseOptions } from './options.ts'
import { startSurroundings } from './processes/surroundings.ts'
import { compare, noiseOf } from './ratio.ts'
import { VARIANTS } from './variants.ts'

const options = parseOptions(process.argv.slice(2))
installTools()
const tarball = packOurs()
const missing = new Map<string, string>()
for (const variant of VARIANTS.filter(({ name }) => options.variants.includes(name))) {
  const reason = installVariant(variant, tarball)
  if (reason) missing.set(variant.name, reason)
}
for (const [name, reason] of missing) console.log(`${name} cannot be installed: ${reason}`)
const variants = VARIANTS.filter(({ name }) => options.variants.includes(name) && !missing.has(name))

await using surroundings = await startSurroundings()
const samples = await measureRequests(
  {
    variants,
    routes: ROUTES.filter(({ name }) => options.routes.includes(name)),
    format: 'cjs',
    rounds: options.rounds,
    warmUp: options.warmUp,
    amount: options.amount,
  },
  surroundings,
  (text) => console.error(text),
)
const number = (value: number) => value.toFixed(2).padStart(9)
for (const [route, ofRoute] of Object.entries(samples)) {
  const comparisons = compare(ofRoute)
  console.log(`\n${route}: CPU per request in µs; noise ±${noiseOf(comparisons).toFixed(3)} of stock's added cost`)
  for (const { variant, value, added, ratio } of comparisons) {
    console.log(
      `${variant.padEnd(24)}${number(value.median)}  added ${number(added.median)}  ratio ${number(ratio.median)} (${ratio.lower.toFixed(2)} to ${ratio.upper.toFixed(2)})`,
    )
  }
}

// SPDX-License-Identifier: Apache-2.0

/** What is compared: the same app, with something added from outside or by a hook. */
export interface Variant {
  readonly name: string
  /** One line for the table. */
  readonly title: string
  /** The folder it is installed into; variants that differ in settings only share one. */
  readonly install: string
  /** The packages that its user would install, beside express and winston. Versions are in `bench/package.json`. */
  readonly packages: readonly string[]
  readonly nodeArgs: readonly string[]
  /** The value of `--require` or `--import` that `NODE_OPTIONS` gets from the Kubernetes operator. */
  readonly preload?: string
  /** A file in `bench/app/hooks`: the code that the variant needs in the app. */
  readonly hook?: string
  readonly env?: Readonly<Record<string, string>>
  /** Exports over OTLP, so it gets the address of the sink. */
  readonly exports?: boolean
}

export const OURS_PACKAGE = '@org/correlation'

const OURS = {
  install: 'ours',
  packages: [OURS_PACKAGE],
  nodeArgs: ['--import', '@org/correlation/register'],
  preload: '@org/correlation/register',
  exports: true,
}
const STOCK = {
  install: 'stock',
  packages: ['@opentelemetry/auto-instrumentations-node', '@opentelemetry/api'],
  nodeArgs: ['--require', '@opentelemetry/auto-instrumentations-node/register'],
  preload: '@opentelemetry/auto-instrumentations-node/register',
  exports: true,
}
const NONE = { install: 'none', packages: [], nodeArgs: [] }

export const VARIANTS: readonly Variant[] = [
  { ...NONE, name: 'none', title: 'the app alone' },
  { ...NONE, name: 'none-again', title: 'the app alone, once more (A/A)' },
  { ...NONE, name: 'als-floor', title: 'hand-written AsyncLocalStorage', hook: 'als-floor.cjs' },
  {
    name: 'cls-rtracer',
    title: 'cls-rtracer',
    install: 'cls-rtracer',
    packages: ['cls-rtracer'],
    nodeArgs: [],
    hook: 'cls-rtracer.cjs',
  },
  {
    name: 'express-correlation-id',
    title: 'express-correlation-id',
    install: 'express-correlation-id',
    packages: ['express-correlation-id'],
    nodeArgs: [],
    hook: 'express-correlation-id.cjs',
  },
  { ...STOCK, name: 'stock', title: 'auto-instrumentations-node' },
  {
    ...STOCK,
    name: 'stock-traces',
    title: 'auto-instrumentations-node, metrics and logs off',
    env: { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  },
  {
    ...STOCK,
    name: 'stock-unsampled',
    title: 'auto-instrumentations-node, unsampled',
    env: { OTEL_TRACES_SAMPLER: 'always_off' },
  },
  {
    name: 'minimal-sdk',
    title: 'NodeSDK with four instrumentations',
    install: 'minimal-sdk',
    packages: [
      '@opentelemetry/api',
      '@opentelemetry/sdk-node',
      '@opentelemetry/instrumentation-http',
      '@opentelemetry/instrumentation-express',
      '@opentelemetry/instrumentation-undici',
      '@opentelemetry/instrumentation-winston',
    ],
    nodeArgs: ['--require', './app/minimal-sdk.cjs'],
    exports: true,
  },
  {
    name: 'elastic',
    title: '@elastic/opentelemetry-node',
    install: 'elastic',
    packages: ['@elastic/opentelemetry-node'],
    nodeArgs: ['--import', '@elastic/opentelemetry-node'],
    exports: true,
  },
  {
    name: 'splunk',
    title: '@splunk/otel',
    install: 'splunk',
    packages: ['@splunk/otel'],
    nodeArgs: ['--require', '@splunk/otel/instrument'],
    exports: true,
  },
  {
    name: 'dash0',
    title: '@dash0/opentelemetry',
    install: 'dash0',
    packages: ['@dash0/opentelemetry'],
    nodeArgs: ['--require', '@dash0/opentelemetry'],
    exports: true,
  },
  { ...OURS, name: 'ours', title: '@org/correlation' },
  {
    ...OURS,
    name: 'ours-unsampled',
    title: '@org/correlation, unsampled',
    env: { OTEL_TRACES_SAMPLER: 'always_off' },
  },
  {
    ...OURS,
    name: 'ours-correlation-only',
    title: '@org/correlation, tracing off',
    env: { OTEL_TRACES_EXPORTER: 'none' },
  },
  {
    ...OURS,
    name: 'ours-sdk-disabled',
    title: '@org/correlation, SDK disabled',
    env: { OTEL_SDK_DISABLED: 'true' },
  },
]

/** The variants of a quick run. */
export const QUICK: readonly string[] = [
  'none',
  'none-again',
  'als-floor',
  'stock',
  'ours',
  'ours-unsampled',
  'ours-correlation-only',
]

/** What every comparison needs: the bare app twice, and stock. */
export const COMPARED_WITH: readonly string[] = ['none', 'none-again', 'stock']

/** The variants whose requests goals speak about, and the floor beside them: requests are measured of each on both twins, and instructions counted. */
export const REQUESTED: readonly string[] = [
  ...COMPARED_WITH,
  'ours',
  'ours-unsampled',
  'ours-correlation-only',
  'ours-sdk-disabled',
  'als-floor',
]

/** The same installation as another variant, with other settings: no difference to expect in starts and memory that is worth the time. */
export const SETTINGS: readonly string[] = ['stock-traces', 'stock-unsampled', 'ours-unsampled', 'ours-sdk-disabled']

export const STARTED_BY_OPERATOR: readonly string[] = [...COMPARED_WITH, 'ours']

/** Those that export nothing: a queue of spans would be full all the time. */
export const PARTS_ALONE: readonly string[] = [
  'none',
  'none-again',
  'als-floor',
  'ours-correlation-only',
  'ours-sdk-disabled',
]

export const SCALED: readonly string[] = [...COMPARED_WITH, 'ours', 'ours-unsampled', 'ours-correlation-only']

export const IN_A_CLUSTER: readonly string[] = ['stock', 'ours']

// SPDX-License-Identifier: Apache-2.0

/** The instrumentation scope of HTTP spans and metrics. */
export const HTTP_SCOPE = '@org/correlation/http'

// SPDX-License-Identifier: Apache-2.0

declare const __VERSION__: string

/** The version of this package; the build fills it in from the manifest. */
export const VERSION = typeof __VERSION__ === 'string' ? __VERSION__ : '0.0.0'

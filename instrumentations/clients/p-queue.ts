// SPDX-License-Identifier: Apache-2.0

import { withBoundCallbacks } from '../bound-callback.ts'
import type { LibraryPatches } from '../library-patches.ts'
import { patchOwnMethod, prototypeOf } from './own-method.ts'

/**
 * Runs the tasks of a queue in the context that they were added in: the queue starts a waiting one from whichever task ended. Version 10 does so
 * itself. Version 6 is CommonJS and hands its tasks to a class in a file of their own; those between are ES modules.
 */
export function pQueuePatches(): LibraryPatches {
  return {
    required: {
      'p-queue/dist/priority-queue': (exports) => {
        patchOwnMethod(prototypeOf(exports), 'enqueue', withBoundCallbacks)
        return exports
      },
    },
    imported: {
      'p-queue/dist/index.js': {
        names: ['PQueue'],
        patch({ PQueue }) {
          const prototype = prototypeOf({ PQueue }, 'PQueue')
          // An EventTarget since version 10.
          if (!(prototype instanceof EventTarget)) patchOwnMethod(prototype, 'add', withBoundCallbacks)
        },
      },
    },
  }
}

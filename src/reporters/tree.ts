import { LiveRegion } from './live-region.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'
import { TreeView } from './tree-view.ts'

/**
 * Progress on a terminal: what is settled scrolls by and stays, what is at work is drawn below it and goes away when it is done. So
 * the screen holds no more than a few moving lines, however many tasks and hosts there are.
 */
export function treeReporter(options: ReporterOptions): Reporter {
  const view = new TreeView(options)
  const region = new LiveRegion(options.out, options.err, options.colour)
  return {
    emit: (event) => {
      const pieces = view.apply(event)
      if (pieces.length > 0) region.stop()
      for (const { to, text } of pieces) options[to].write(text)
      region.show(view.live())
    },
    suspend: () => region.stop(),
    end: () => region.end(),
  }
}

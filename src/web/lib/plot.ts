import uPlot from 'uplot'
import { type Columns, valueRange } from './columns.js'
import { MAX_LINES } from './series.js'
import { tooltip } from './tooltip.js'

export interface PlotOptions {
  readonly timezone: string
  /** Writes a value of this metric in one line. */
  readonly text: (value: number | null) => string
  readonly axisText: (value: number) => string
  readonly lineNames: () => readonly (string | null)[]
  /** The detail view has a denser grid and taller labels. */
  readonly large: boolean
}

/** A chart on the page: one strong line for the total, thin ones for the series. */
export interface Plot {
  setData(columns: Columns): void
  destroy(): void
}

/** Draws into `host` and follows its size. Colours and type come from the page's custom properties. */
export function createPlot(host: HTMLElement, options: PlotOptions): Plot {
  const style = getComputedStyle(host)
  const css = (name: string) => style.getPropertyValue(name).trim()
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
  const font = `500 ${Math.round(rem * 0.72)}px ${css('--font')}`
  const clock = timeTexts(options.timezone)
  const smooth = uPlot.paths.spline!()
  const width = rem / 16
  const lines = Array.from({ length: MAX_LINES }, (_, i) => ({
    stroke: css(`--line-${i + 1}`),
    width: 1.5 * width,
    paths: smooth,
    points: { show: false },
  }))
  const plot = new uPlot(
    {
      width: Math.max(50, host.clientWidth),
      height: Math.max(50, host.clientHeight),
      ms: 1,
      padding: [rem * 0.75, 0, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: false, y: false },
      },
      tzDate: time => uPlot.tzDate(new Date(time), options.timezone),
      scales: {
        x: { time: true },
        y: { range: (_, low, high) => (low === null || high === null ? [0, 1] : valueRange(low, high)) },
      },
      axes: [
        {
          font,
          stroke: css('--muted'),
          size: rem * 1.9,
          gap: rem * 0.45,
          space: rem * (options.large ? 6 : 7),
          grid: { show: false },
          ticks: { show: false },
          filter: (self, splits) => splits.map(split => (self.valToPos(split, 'x') < rem * 1.6 ? null : split)),
          values: (_, splits) => clock(splits),
        },
        {
          font,
          stroke: css('--muted'),
          side: 1,
          gap: rem * 0.5,
          space: rem * (options.large ? 3.2 : 2.6),
          size: (_, values) => rem * 0.8 + Math.max(0, ...(values ?? []).map(value => value.length)) * rem * 0.42,
          grid: { stroke: css('--rule'), width: 1 },
          ticks: { show: false },
          values: (self, splits) => splits.map(split => (hasValues(self) ? options.axisText(split) : '')),
        },
      ],
      series: [
        {},
        {
          stroke: css('--line-total'),
          width: 2.25 * width,
          paths: smooth,
          points: { show: self => self.data[0].length < 3, size: 6 * width, fill: css('--line-total') },
          fill: self => areaFill(self, css('--area')),
        },
        ...lines,
      ],
      hooks: { draw: [self => drawHead(self, css('--line-total'), css('--cell'), width)] },
      plugins: [tooltip(options)],
    },
    [[], ...Array.from({ length: MAX_LINES + 1 }, () => [])],
    host,
  )
  const resize = new ResizeObserver(() => {
    if (host.clientWidth > 0) plot.setSize({ width: host.clientWidth, height: Math.max(50, host.clientHeight) })
  })
  resize.observe(host)
  return {
    setData(columns) {
      const missing = MAX_LINES + 2 - columns.length
      const blank = Array.from({ length: missing }, () => columns[0].map(() => null))
      plot.setData([...columns, ...blank] as uPlot.AlignedData)
    },
    destroy() {
      resize.disconnect()
      plot.destroy()
    },
  }
}

/** Without a single value the labels of the vertical axis would be invented. */
function hasValues(plot: uPlot): boolean {
  return plot.data.slice(1).some(column => column.some(value => value !== null))
}

function areaFill(plot: uPlot, colour: string): CanvasGradient | string {
  const { top, height } = plot.bbox
  if (!Number.isFinite(top + height)) return 'transparent'
  const gradient = plot.ctx.createLinearGradient(0, top, 0, top + height)
  gradient.addColorStop(0, colour)
  gradient.addColorStop(1, 'transparent')
  return gradient
}

/** A dot where the total stands now. */
function drawHead(plot: uPlot, colour: string, ring: string, width: number): void {
  const index = plot.data[0].length - 1
  const value = plot.data[1]?.[index]
  if (index < 0 || typeof value !== 'number') return
  const x = plot.valToPos(plot.data[0][index]!, 'x', true)
  const y = plot.valToPos(value, 'y', true)
  const { ctx } = plot
  const scale = devicePixelRatio * width
  ctx.save()
  ctx.beginPath()
  ctx.arc(x, y, 3.6 * scale, 0, 2 * Math.PI)
  ctx.fillStyle = colour
  ctx.strokeStyle = ring
  ctx.lineWidth = 2 * scale
  ctx.stroke()
  ctx.fill()
  ctx.restore()
}

/** Time labels in the project's zone: seconds only where the ticks are closer than a minute. */
function timeTexts(timeZone: string): (splits: (number | null)[]) => string[] {
  const minutes = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' })
  const seconds = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' })
  return splits => {
    const format = splits.every(split => split === null || split % 60_000 === 0) ? minutes : seconds
    return splits.map(split => (split === null ? '' : format.format(split)))
  }
}

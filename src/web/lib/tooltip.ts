import type uPlot from 'uplot'

interface TooltipOptions {
  readonly timezone: string
  readonly text: (value: number | null) => string
  readonly lineNames: () => readonly (string | null)[]
}

/** Shows time, total and each line's value where the pointer is. */
export function tooltip(options: TooltipOptions): uPlot.Plugin {
  const box = document.createElement('div')
  box.className = 'tip'
  box.hidden = true
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: options.timezone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return {
    hooks: {
      init: plot => plot.over.append(box),
      setCursor(plot) {
        const { idx, left = -1 } = plot.cursor
        const time = idx === null || idx === undefined ? undefined : plot.data[0][idx]
        box.hidden = time === undefined || left < 0 || !plot.over.matches(':hover')
        if (box.hidden || time === undefined) return
        const row = (name: string, value: number | null | undefined, slot?: number) => {
          const line = document.createElement('div')
          if (slot !== undefined) line.dataset.slot = String(slot + 1)
          const label = document.createElement('span')
          label.textContent = name
          const number = document.createElement('b')
          number.textContent = options.text(value ?? null)
          line.append(label, number)
          return line
        }
        const names = options.lineNames()
        const rows = names.flatMap((name, slot) =>
          name === null ? [] : [row(name, plot.data[slot + 2]?.[idx!], slot)],
        )
        box.replaceChildren(row(clock.format(time), plot.data[1]?.[idx!]), ...rows)
        const right = left > plot.over.clientWidth / 2
        box.style.left = right ? '' : `${left + 12}px`
        box.style.right = right ? `${plot.over.clientWidth - left + 12}px` : ''
      },
    },
  }
}

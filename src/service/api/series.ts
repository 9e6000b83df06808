import { Gauge, type Registry } from 'prom-client'
import type { MetricConfig } from '../../model/serviceConfig.js'
import type { Rings } from '../push/rings.js'

const NAME = 'rtdash_metric_series_value'

/** Sets a gauge with every series of every metric, labelled by its dimensions, to what is newest. */
export function exposeSeries(registry: Registry, metrics: readonly MetricConfig[], rings: Rings): void {
  registry.removeSingleMetric(NAME)
  const labelNames = ['metric', ...new Set(metrics.flatMap(({ by }) => by))]
  const gauge = new Gauge({
    name: NAME,
    help: "Newest values by the metric's dimensions",
    labelNames,
    registers: [registry],
  })
  for (const { name, by } of metrics) {
    for (const series of rings.get(name)?.latest()?.series ?? []) {
      const labels = Object.fromEntries(by.map(dimension => [dimension, String(series[dimension] ?? '')]))
      if (typeof series.value === 'number') gauge.set({ ...labels, metric: name }, series.value)
    }
  }
}

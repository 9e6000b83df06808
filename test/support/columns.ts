/** Columns of events whose values are of every kind that an aggregate may take. */
export const columns = {
  event_id: 'UInt64',
  event_type: 'LowCardinality(String)',
  user_id: 'UInt64',
  value: 'Float64',
  amount: 'Decimal(18, 4)',
  score: 'Nullable(Int32)',
  big: 'UInt64',
  ts: 'DateTime64(3)',
  region: 'LowCardinality(Nullable(String))',
  plan: "Enum8('free' = 1, 'paid' = 2)",
}

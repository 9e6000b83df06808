/** What rtdash asks of a Flink cluster, through its SQL gateway and its JobManager. */
export interface FlinkClient {
  close(): Promise<void>
}

#!/bin/sh
# Creates the topics that are missing; a topic that exists is left as it is. rtdash apply does this and compares the rest.
# KAFKA_TOPICS names the tool where it is not on the path; KAFKA_COMMAND_CONFIG a file with the client's settings (SASL, TLS).
set -eu

create() {
  "${KAFKA_TOPICS:-kafka-topics.sh}" --bootstrap-server "${KAFKA_BROKERS:?is not set}" ${KAFKA_COMMAND_CONFIG:+--command-config "$KAFKA_COMMAND_CONFIG"} --create --if-not-exists "$@"
}

create --topic raw-events --partitions 12 --replication-factor 3 \
  --config cleanup.policy=delete \
  --config compression.type=producer \
  --config max.message.bytes=2097152 \
  --config message.timestamp.type=CreateTime \
  --config min.insync.replicas=2 \
  --config retention.ms=604800000 \
  --config segment.ms=75600000
create --topic raw-events.dead-letters --partitions 1 --replication-factor 3 \
  --config cleanup.policy=delete \
  --config compression.type=producer \
  --config max.message.bytes=4194304 \
  --config message.timestamp.type=CreateTime \
  --config min.insync.replicas=2 \
  --config retention.ms=604800000 \
  --config segment.ms=75600000
create --topic shop.updates --partitions 1 --replication-factor 3 \
  --config cleanup.policy=compact,delete \
  --config compression.type=producer \
  --config delete.retention.ms=3600000 \
  --config max.message.bytes=2097152 \
  --config message.timestamp.type=CreateTime \
  --config min.cleanable.dirty.ratio=0.1 \
  --config min.insync.replicas=2 \
  --config retention.ms=86400000 \
  --config segment.ms=10800000

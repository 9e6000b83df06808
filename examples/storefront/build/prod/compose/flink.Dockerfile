# Flink for project shop, target prod: the official image with the Kafka connector.
FROM maven:3.9.9-eclipse-temurin-17 AS connector
RUN mvn -B -q -C dependency:copy -Dartifact=org.apache.flink:flink-sql-connector-kafka:5.0.0-2.2 -DoutputDirectory=/jars

FROM flink:2.2.1-java17
COPY --from=connector --chown=flink:flink /jars/ /opt/flink/lib/
RUN mkdir /checkpoints && chown flink:flink /checkpoints

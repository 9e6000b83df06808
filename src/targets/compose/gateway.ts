import { SCRAPE_TOKEN } from './prometheus.js'
import { after, healthy, type Services } from './service.js'
import { reference, variables } from './variables.js'
import { images } from './versions.js'

/** nginx before the push nodes, Prometheus over all that has figures, and Grafana. */
export const gatewayServices = (pushNodes: readonly string[]): Services => ({
  gateway: {
    image: images.nginx,
    ports: [`${reference(variables.gatewayPort)}:8080`],
    volumes: ['./compose/nginx.conf:/etc/nginx/nginx.conf:ro'],
    healthcheck: healthy('wget -q -O /dev/null http://127.0.0.1:8080/healthz'),
    ...after(pushNodes),
    restart: 'unless-stopped',
  },
  prometheus: {
    image: images.prometheus,
    ports: [`127.0.0.1:${reference(variables.prometheusPort)}:9090`],
    volumes: ['./compose/prometheus.yaml:/etc/prometheus/prometheus.yml:ro', 'prometheus-data:/prometheus'],
    secrets: [SCRAPE_TOKEN],
    healthcheck: healthy('wget -q -O /dev/null http://127.0.0.1:9090/-/healthy'),
    restart: 'unless-stopped',
  },
  grafana: {
    image: images.grafana,
    environment: {
      GF_SECURITY_ADMIN_PASSWORD: reference(variables.grafanaPassword),
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
    },
    ports: [`127.0.0.1:${reference(variables.grafanaPort)}:3000`],
    volumes: [
      './compose/grafana.yaml:/etc/grafana/provisioning/datasources/rtdash.yaml:ro',
      'grafana-data:/var/lib/grafana',
    ],
    healthcheck: healthy('wget -q -O /dev/null http://127.0.0.1:3000/api/health'),
    ...after(['prometheus']),
    restart: 'unless-stopped',
  },
})

export const openapi = () => ({ openapi: '3.1.0' })

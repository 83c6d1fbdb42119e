"""From OpenAPI documents to typed Python clients. docs/generator.md describes the stages."""

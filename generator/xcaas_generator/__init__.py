"""Generation of typed Python clients from OpenAPI documents. docs/generator.md describes the stages."""

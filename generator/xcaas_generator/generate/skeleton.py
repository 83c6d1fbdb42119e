"""The initial document of a new product, which passes `xcaas-gen lint` unchanged."""

from __future__ import annotations

from pathlib import Path

from xcaas_generator.failure import Failure, unwritable
from xcaas_generator.generate.repository import spec_path

__all__ = ["write_skeleton"]

_NAME, _TITLE = "@name", "@title"
_TEXT = """\
openapi: 3.1.1
info:
  title: @title
  version: v1
  description: >-
    What the product is for, in a sentence or two.
# The exact name in the Admin Console, or null.
x-xcaas-product: {name: @name, console_name: @title}
servers:
  - url: https://api.8x8.com/@name/v1
    description: One address for all regions.
security:
  - oauth: []
tags:
  - name: items
    description: What the resource is, in the plural.
paths:
  /items:
    get:
      operationId: listItems
      summary: List items
      description: What is listed, in which order, and what a newcomer can't see from the names.
      tags: [items]
      x-xcaas-resource: {path: items, verb: list}
      # specs/README.md has the other styles. Without pages this goes, with the three parameters.
      x-xcaas-pagination:
        style: page
        parameter: page
        first: 0
        size: size
        items: /content
        last:
          - {body: /totalPages, is: page-count}
      parameters:
        - name: page
          in: query
          description: Number of the page, counted from 0.
          schema: {type: integer, format: int32, minimum: 0, default: 0}
          example: 0
        - name: size
          in: query
          description: Items per page.
          schema: {type: integer, format: int32, minimum: 1, default: 100}
          example: 100
      responses:
        '200':
          description: A page of items.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/ItemPage'}
        '401': {$ref: 'common/errors.yaml#/responses/GatewayUnauthorized'}
        '403': {$ref: 'common/errors.yaml#/responses/UndocumentedForbidden'}
        default: {$ref: 'common/errors.yaml#/responses/UndocumentedFailure'}

  /items/{itemId}:
    get:
      operationId: getItem
      summary: Get an item
      description: One item with everything that is known about it.
      tags: [items]
      x-xcaas-resource: {path: items, verb: get}
      parameters:
        - name: itemId
          in: path
          required: true
          description: Id of the item.
          schema: {type: string}
          example: i-1
      responses:
        '200':
          description: The item.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Item'}
        '401': {$ref: 'common/errors.yaml#/responses/GatewayUnauthorized'}
        '403': {$ref: 'common/errors.yaml#/responses/UndocumentedForbidden'}
        '404': {$ref: 'common/errors.yaml#/responses/UndocumentedNotFound'}
        default: {$ref: 'common/errors.yaml#/responses/UndocumentedFailure'}

components:
  securitySchemes:
    oauth: {$ref: 'common/security.yaml#/oauth'}

  schemas:
    ItemPage:
      title: ItemPage
      type: object
      description: A page of items.
      required: [content]
      properties:
        content:
          type: array
          description: The items of this page.
          items: {$ref: '#/components/schemas/Item'}
        totalPages:
          type: integer
          format: int32
          description: How many pages there are.
          examples: [1]
      example: {content: [{id: i-1, name: First}], totalPages: 1}

    Item:
      title: Item
      type: object
      description: One of the things that the product is about.
      required: [id]
      properties:
        id:
          type: string
          description: Id of the item.
          examples: [i-1]
        name:
          type: string
          description: What people call it.
          examples: [First]
      example: {id: i-1, name: First}
"""


def write_skeleton(name: str, start: Path) -> Path:
    """Write `specs/<name>.yaml` in the repository around `start`, and return its path.

    Raises:
        Failure: The name is no valid product name, or the document exists already.
    """
    path = spec_path(name, start)
    text = _TEXT.replace(_NAME, name).replace(_TITLE, name.replace("_", " ").capitalize())
    try:
        with path.open("x", encoding="utf-8"):
            pass
    except FileExistsError:
        raise Failure(f"{path} already exists; nothing was written", code=2) from None
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        path.unlink()
        raise unwritable(path, error) from error
    return path

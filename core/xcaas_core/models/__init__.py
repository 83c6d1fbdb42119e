"""The building blocks of generated models: base class, fields, annotation markers, codecs."""

from __future__ import annotations

from ._codec import Codec as Codec
from ._context import LenientReading as LenientReading
from ._fields import Constant as Constant
from ._fields import Format as Format
from ._fields import OneOrList as OneOrList
from ._fields import extra as extra
from ._fields import field as field
from ._json import JSONObject as JSONObject
from ._json import JSONValue as JSONValue
from ._json import decode_json as decode_json
from ._json import encode_json as encode_json
from ._model import RESERVED_NAMES as RESERVED_NAMES
from ._model import Model as Model
from ._model import UnknownModel as UnknownModel
from ._model import model as model
from ._parsers import Parser as Parser
from ._parsers import Webhook as Webhook
from ._resolve import resolve as resolve
from ._unions._marks import AnyOf as AnyOf
from ._unions._marks import Discriminator as Discriminator

__all__ = [
    "RESERVED_NAMES",
    "AnyOf",
    "Codec",
    "Constant",
    "Discriminator",
    "Format",
    "JSONObject",
    "JSONValue",
    "LenientReading",
    "Model",
    "OneOrList",
    "Parser",
    "UnknownModel",
    "Webhook",
    "decode_json",
    "encode_json",
    "extra",
    "field",
    "model",
    "resolve",
]

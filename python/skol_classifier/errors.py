# SPDX-License-Identifier: Apache-2.0
"""The errors of the package: each is a SkolError and the builtin a Python user would catch.

Every message is one line that names the value, what was expected and what to do.
"""


class SkolError(Exception):
    """Anything that skol_classifier raises by itself."""


class InputError(SkolError, ValueError):
    """A document, annotation or table that cannot be read as asked."""


class ParameterError(SkolError, ValueError):
    """A parameter outside what it may be."""


class ModelError(SkolError, ValueError):
    """Bytes that are not a model which this version can use."""


class NotFoundError(SkolError, FileNotFoundError):
    """A model or file that is not there or may not be read."""


class StorageError(SkolError, OSError):
    """A place of models that cannot be reached, read or written."""


class OutOfMemoryError(SkolError, MemoryError):
    """Work that does not fit in the memory there is."""


class DeviceError(SkolError, RuntimeError):
    """A device or SIMD target that is not here."""


class InternalError(SkolError, RuntimeError):
    """A promise of this library broken: please report it."""


class ModelNotFoundError(NotFoundError, ModelError):
    """No model under that name; a ValueError too, as users of Redis models expect."""


class NotTrainedError(SkolError, ValueError, AttributeError):
    """Asked for what only a trained model has. An AttributeError too, so that hasattr() says no."""

"""Results as data for other programs: JSON, CSV, parquet and DataFrames, written and read back.

This room knows no result class: it works on the JSON objects that their `to_dict` returns.

The public names are listed in `__init__.pyi`; each is imported when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

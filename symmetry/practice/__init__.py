"""A practice: its clients, with their sessions, treatments and diaries, and what is measured in their photos.

The public names are listed in `__init__.pyi`; each is imported when it is first used, so that lists need not wait for
SQLAlchemy.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

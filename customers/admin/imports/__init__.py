"""数据导入: the list of imports with the upload on top, one page a step, the saved mappings."""

from customers.admin.imports import batches, mappings

__all__ = ["batches", "mappings"]

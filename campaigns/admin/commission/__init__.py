from campaigns.admin.commission import entries

__all__ = ["entries"]

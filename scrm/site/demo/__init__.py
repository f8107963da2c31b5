"""The demo shop 禾光皮肤管理: invented people, built through the services, seeded, relative to one day T.

cast.py who they are · sheets.py the two sheets they come in · building.py in which order · serving.py web and worker
· emptying.py how it goes away again.
"""

"""The demo shop's campaigns, from a link to money.

shapes.py what a campaign of the demo is made of · summer.py, soothing.py, trial.py, friends.py one each, days counted back
from T · people.py who the leads are, and what they bought · setting_up.py, promoting.py the campaigns with their pages,
coupons, posters and links · coming.py who came by the links, and who left her name · visiting.py who came to the shop ·
reckoning.py credit, commission, closed months, boards · telling.py the acts in their order.
"""

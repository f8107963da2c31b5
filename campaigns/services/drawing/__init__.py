"""Pictures of a link: its QR code, and posters with it. Drawn here, by Pillow and segno; nobody outside is asked."""

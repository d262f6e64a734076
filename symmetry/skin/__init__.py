"""Skin: tone, redness, pigment, texture, shine, spots and the jaw, left against right, before and after."""

"""A page to hand over: one HTML file about a series of photos, readable without a network."""

from symmetry.output.report.content import Adherence, DiaryCourse, Pictures, Report, Treatment
from symmetry.output.report.page import render_report

__all__ = ["Adherence", "DiaryCourse", "Pictures", "Report", "Treatment", "render_report"]

from .content import DiaryCourse as DiaryCourse
from .content import Pictures as Pictures
from .content import Report as Report
from .of_client import report_of as report_of
from .of_photos import report_of_photos as report_of_photos
from .page import render_report as render_report

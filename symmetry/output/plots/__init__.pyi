from .bland_altman import draw_bland_altman as draw_bland_altman
from .courses import draw_spaghetti as draw_spaghetti
from .forest import draw_forest as draw_forest
from .page import draw_cohort as draw_cohort
from .responders import draw_responder_curve as draw_responder_curve
from .responders import draw_responders as draw_responders
from .waterfall import draw_waterfall as draw_waterfall

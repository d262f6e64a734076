from .analysis import analyze_cohort as analyze_cohort
from .cohort import Cohort as Cohort
from .planning import Plan as Plan
from .planning import plan_study as plan_study
from .simulation import responder_curve as responder_curve
from .simulation import simulate_study as simulate_study
from .study import Study as Study

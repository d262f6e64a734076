from .asymmetry import Asymmetry as Asymmetry
from .looks import LOOKS as LOOKS
from .looks import Look as Look
from .samples import write_samples as write_samples
from .scene import Scene as Scene
from .scene import draw_face as draw_face
from .truth import NamedPoint as NamedPoint
from .truth import named_points as named_points

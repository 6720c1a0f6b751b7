"""The tour of the tab Learn: its lessons, in order."""

from explorer.ui import lessons_flaws, lessons_metrics
from explorer.ui.lessons_kind import Lesson

LESSONS: tuple[Lesson, ...] = (*lessons_metrics.LESSONS, *lessons_flaws.LESSONS)
BY_NAME = {lesson.name: lesson for lesson in LESSONS}

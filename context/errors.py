"""What can go wrong in the world while code is read?

ContextError
├── WorkerError
│   ├── WorkerDied          a worker process ended in the middle of a job, twice
│   ├── WorkerTimeout       a job took longer than it may
│   └── JobFailed           the job raised something that cannot be carried between processes
└── StoreBroken             the store on disk cannot be read; it is moved aside and rebuilt
"""


class ContextError(Exception):
    """Anything that this package raises."""


class WorkerError(ContextError):
    """A worker process could not do its job."""


class WorkerDied(WorkerError):
    """A worker process ended in the middle of a job, and so did the one that tried again."""


class WorkerTimeout(WorkerError):
    """A job took longer than it may; its process was ended."""


class JobFailed(WorkerError):
    """A job raised an exception, or returned a value, that cannot be carried between processes."""


class StoreBroken(ContextError):
    """The store on disk is not what was written: corrupt, foreign or gone."""

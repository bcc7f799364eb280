"""What can go wrong in the world while code is read?

ContextError
├── WorkerError
│   ├── WorkerDiedError          a worker process ended in the middle of a job, twice
│   │   └── ClosedError          the index was closed while there was work to do
│   ├── WorkerTimeoutError       a job took longer than it may
│   └── JobError           the job raised something that cannot be carried between processes
├── StoreError             the store on disk cannot be read; it is moved aside and rebuilt
└── BusyError              another program holds the store for longer than anyone waits
"""


class ContextError(Exception):
    """Anything that this package raises."""


class WorkerError(ContextError):
    """A worker process could not do its job."""


class WorkerDiedError(WorkerError):
    """A worker process ended in the middle of a job, and so did the one that tried again."""


class ClosedError(WorkerDiedError):
    """The index was closed while there was work to do. What was not done says nothing about any file."""


class WorkerTimeoutError(WorkerError):
    """A job took longer than it may; its process was ended."""


class JobError(WorkerError):
    """A job raised an exception, or returned a value, that cannot be carried between processes."""


class StoreError(ContextError):
    """The store on disk is not what was written: corrupt, foreign or gone."""


class BusyError(ContextError):
    """Another program holds the store on disk, which is in order, for longer than anyone waits."""

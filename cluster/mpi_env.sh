# Settings for Open MPI on one machine: laptops, containers, continuous integration. Source it.
# On a cluster leave this file alone: the job script uses what the site configured.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1  # containers run as root
export OMPI_MCA_rmaps_base_oversubscribe=1                         # more ranks than cores: tests
export OMPI_MCA_hwloc_base_binding_policy=none                     # two runs must not share a core
export OMPI_MCA_mpi_yield_when_idle=1
export OMPI_MCA_btl=self,vader                                     # shared memory, no TCP listeners
export OMPI_MCA_btl_vader_single_copy_mechanism=none               # no ptrace in containers
export OMPI_MCA_oob_tcp_if_include=lo
export PMIX_MCA_gds=hash
export OMP_NUM_THREADS=1

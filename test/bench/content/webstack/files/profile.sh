export EDITOR=vi
export HISTCONTROL=ignoredups

#!/bin/sh
# Asks ansible-inventory about every inventory in this folder, and keeps its answers beside them.
cd "$(dirname "$0")" || exit 1
for inventory in ini yaml script generator 'a,b:22,[::1]:5,'; do
  name=$(printf %s "$inventory" | tr -dc a-z0-9)
  ansible-inventory -i "$inventory" --list >"$name.list.json" 2>/dev/null
  ansible-inventory -i "$inventory" --list --export >"$name.export.json" 2>/dev/null
  ansible-inventory -i "$inventory" --graph --vars >"$name.graph.txt" 2>/dev/null
done
# What patterns mean in the inventory `ini`: one line for each pattern, its hosts after it.
while read -r pattern; do
  hosts=$(ansible -i ini "$pattern" --list-hosts 2>/dev/null | sed 1d | tr -s ' \n' ' ')
  printf '%s =>%s\n' "$pattern" "${hosts% }"
done <patterns.txt >patterns.answers.txt

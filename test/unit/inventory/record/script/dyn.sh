#!/bin/sh
if [ "$1" = --list ]; then echo '{"g1": {"hosts": ["d1","d2"], "vars": {"a": 1.0, "t": "{{ b }}"}, "children": ["g2"]}, "g2": ["d3"], "solo": {"k": "v"}, "g4": {"children": ["g1"]}}'; else echo "{\"host\": \"$2\"}"; fi

# What `ip -s xfrm state` tells. Sourced after lab.sh.

# Joins each entry, which begins with `src` and goes on in lines that are further in.
one_line() {
  awk '/^src / && line { print line; line = "" }
       /lifetime config:/ { limits = 1 } /lifetime current:/ { limits = 0 }
       !limits { gsub(/^[ \t]+/, ""); line = line $0 " " }
       END { if (line) print line }'
}

net_esp
pings "before there is a tunnel" 10.1.0.1 10.2.0.1 3
wait_until "the watch has seen them leave, and the answers" 5 left_in_clear 3
start_peer kernel
start_ours netlink
sas_are 2
ours_says "TS 10\.1\.0\.0/25 === 10\.2\.0\.0/24"
pings "inside" 10.1.0.1 10.2.0.1
sas_carry
pings "outside" 10.1.1.1 10.2.1.1 4
wait_until "they have left in clear, and none of those inside" 5 left_in_clear 7
stop_ours

# What is to leave in clear here is what was made to.
clear_text_check() { check "nothing else has left in clear" left_in_clear 7; }

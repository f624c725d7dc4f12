# Certificates for a scenario, made with openssl into $WORK/pki: authorities, what they issue and revoke, and who gets which file.
# Names of authorities hold something random, for CRLs may be cached on disk by issuer and place.

PKI_MARK=$RANDOM$RANDOM

# key FILE rsa|p256|p384|p521|ed25519 [passphrase]: a private key as PKCS#8.
key() {
  local options
  case $2 in
    rsa) options="-algorithm RSA -pkeyopt rsa_keygen_bits:2048" ;;
    p256|p384|p521) options="-algorithm EC -pkeyopt ec_paramgen_curve:P-${2#p}" ;;
    ed25519) options="-algorithm ED25519" ;;
  esac
  # shellcheck disable=SC2086
  quietly openssl genpkey $options -out "$1" ${3:+-aes-256-cbc -pass pass:"$3"}
}

# authority NAME [ISSUER]: a root, or an intermediate authority.
authority() {
  local ca="$WORK/pki/$1"
  mkdir -p "$ca"; : > "$ca/index.txt"; echo 1000 > "$ca/serial"; echo 1000 > "$ca/crlnumber"
  cat > "$ca/ca.cnf" <<CNF
[ca]
default_ca = here
[here]
database = $ca/index.txt
serial = $ca/serial
crlnumber = $ca/crlnumber
new_certs_dir = $ca
certificate = $ca/ca.pem
private_key = $ca/key.pem
default_md = sha256
default_days = 2
default_crl_days = 2
policy = any
unique_subject = no
copy_extensions = none
[any]
countryName = optional
organizationName = optional
commonName = supplied
[req]
distinguished_name = none
[none]
CNF
  key "$ca/key.pem" p256
  local extensions="basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash"
  if [ $# = 1 ]; then
    quietly openssl req -new -x509 -key "$ca/key.pem" -subj "/C=CH/O=Lab $PKI_MARK/CN=$1" -days 2 -out "$ca/ca.pem" -config <(cat "$ca/ca.cnf"; printf '[e]\n%s\n' "$extensions") -extensions e
  else
    issue "$2" "$1" "$ca/key.pem" "/C=CH/O=Lab $PKI_MARK/CN=$1" "$extensions"
    cp "$WORK/pki/$1.pem" "$ca/ca.pem"
  fi
}

# certificate ISSUER NAME KIND [SAN [MORE [passphrase]]]: $WORK/pki/NAME.pem and NAME.key; the subject is C=CH, O=Lab, CN=NAME.
# MORE: further options of `openssl ca` (-startdate …), or lines of extensions.
certificate() {
  key "$WORK/pki/$2.key" "$3" "${6:-}"
  issue "$1" "$2" "$WORK/pki/$2.key" "/C=CH/O=Lab/CN=$2" "${4:+subjectAltName=$4}
${5:-}" "${6:-}"
}

# issue ISSUER NAME KEY SUBJECT EXTENSIONS [passphrase]; options of `openssl ca` come in ISSUE_OPTIONS.
issue() {
  local ca="$WORK/pki/$1"
  quietly openssl req -new -key "$3" ${6:+-passin pass:"$6"} -subj "$4" -out "$WORK/pki/$2.csr" -config "$ca/ca.cnf"
  # shellcheck disable=SC2086
  quietly openssl ca -batch -notext -config "$ca/ca.cnf" -in "$WORK/pki/$2.csr" -out "$WORK/pki/$2.pem" ${ISSUE_OPTIONS:-} \
    -extfile <(printf 'authorityKeyIdentifier=keyid\n%s\n' "$5")
}

# revoke ISSUER NAME, and the authority's list of what it has revoked so far.
revoke() { quietly openssl ca -config "$WORK/pki/$1/ca.cnf" -revoke "$WORK/pki/$2.pem"; }

crl() { quietly openssl ca -config "$WORK/pki/$1/ca.cnf" -gencrl -out "$WORK/pki/$1/crl.pem"; quietly openssl crl -in "$WORK/pki/$1/crl.pem" -outform DER -out "$WORK/pki/$1/crl.der"; }

# give ours|peer FOLDER NAME…: certificates and keys into the folders beside the configuration, as swanctl has them; NAME is of a file or an authority.
give() {
  local to=$WORK folder=$2 name; [ "$1" = peer ] && to="$WORK/swanctl"; shift 2
  mkdir -p "$to/$folder"
  for name in "$@"; do
    case $folder in
      x509ca) cp "$WORK/pki/$name/ca.pem" "$to/$folder/$name.pem" ;;
      x509crl) cp "$WORK/pki/$name/crl.pem" "$to/$folder/$name.pem" ;;
      x509) cp "$WORK/pki/$name.pem" "$to/$folder/" ;;
      *) install -m 600 "$WORK/pki/$name.key" "$to/$folder/$name.pem" ;;
    esac
  done
}

quietly() { "$@" >> "$WORK/openssl.out" 2>&1 || fail "$* ($(tail -n 1 "$WORK/openssl.out"))"; }

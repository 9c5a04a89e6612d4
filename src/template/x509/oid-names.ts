/** What community.crypto calls an object, in words or in short; its number where it has no name. */
export function oidName(oid: string, how: 'long' | 'short' = 'long'): string {
  return NAMES.get(oid)?.[how] ?? oid
}

/**
 * The objects that names, key usages and signatures of certificates are made of: attributes (RFC 4519, RFC 4524, RFC 2985),
 * purposes (RFC 5280, 4.2.1.12), algorithms (RFC 3279, RFC 4055, RFC 5758, RFC 8410). Below each arc the last number and the name,
 * as OpenSSL has it, and after `|` the short one where it is another.
 */
const ARCS: Readonly<Record<string, string>> = {
  '2.5.4': `3 commonName|CN, 4 surname|SN, 5 serialNumber, 6 countryName|C, 7 localityName|L, 8 stateOrProvinceName|ST,
    9 streetAddress|street, 10 organizationName|O, 11 organizationalUnitName|OU, 12 title, 13 description, 14 searchGuide,
    15 businessCategory, 16 postalAddress, 17 postalCode, 18 postOfficeBox, 19 physicalDeliveryOfficeName, 20 telephoneNumber,
    21 telexNumber, 22 teletexTerminalIdentifier, 23 facsimileTelephoneNumber, 24 x121Address, 25 internationaliSDNNumber,
    26 registeredAddress, 27 destinationIndicator, 28 preferredDeliveryMethod, 29 presentationAddress,
    30 supportedApplicationContext, 31 member, 32 owner, 33 roleOccupant, 34 seeAlso, 41 name, 42 givenName|GN, 43 initials,
    44 generationQualifier, 45 x500UniqueIdentifier, 46 dnQualifier, 49 distinguishedName, 50 uniqueMember, 51 houseIdentifier,
    54 dmdName, 65 pseudonym, 72 role, 97 organizationIdentifier, 98 countryCode3c|c3, 99 countryCode3n|n3, 100 dnsName`,
  '1.2.840.113549.1.9': `1 emailAddress, 2 unstructuredName, 7 challengePassword, 8 unstructuredAddress,
    14 Extension Request|extReq, 20 friendlyName`,
  '0.9.2342.19200300.100.1': `1 userId|UID, 2 textEncodedORAddress, 3 rfc822Mailbox|mail, 4 info, 5 favouriteDrink,
    6 roomNumber, 8 userClass, 9 host, 10 manager, 20 homeTelephoneNumber, 21 secretary, 25 domainComponent|DC,
    37 associatedDomain, 38 associatedName, 39 homePostalAddress, 40 personalTitle, 41 mobileTelephoneNumber,
    42 pagerTelephoneNumber, 43 friendlyCountryName, 44 uniqueIdentifier|uid, 45 organizationalStatus, 48 buildingName`,
  '1.3.6.1.4.1.311.60.2.1': `1 jurisdictionLocalityName|jurisdictionL, 2 jurisdictionStateOrProvinceName|jurisdictionST,
    3 jurisdictionCountryName|jurisdictionC`,
  '1.2.643.100': '1 OGRN, 3 SNILS',
  '1.2.643.3.131.1': '1 INN',
  '1.3.6.1.5.5.7.3': `1 TLS Web Server Authentication|serverAuth, 2 TLS Web Client Authentication|clientAuth,
    3 Code Signing|codeSigning, 4 E-mail Protection|emailProtection, 5 IPSec End System|ipsecEndSystem,
    6 IPSec Tunnel|ipsecTunnel, 7 IPSec User|ipsecUser, 8 Time Stamping|timeStamping, 9 OCSP Signing|OCSPSigning, 10 dvcs|DVCS,
    17 ipsec Internet Key Exchange|ipsecIKE, 18 Ctrl/provision WAP Access|capwapAC,
    19 Ctrl/Provision WAP Termination|capwapWTP, 21 SSH Client|secureShellClient, 22 SSH Server|secureShellServer,
    23 Send Router|sendRouter, 24 Send Proxied Router|sendProxiedRouter, 25 Send Owner|sendOwner,
    26 Send Proxied Owner|sendProxiedOwner, 27 CMC Certificate Authority|cmcCA, 28 CMC Registration Authority|cmcRA`,
  '1.3.6.1.4.1.311.2.1': `14 Microsoft Extension Request|msExtReq, 21 Microsoft Individual Code Signing|msCodeInd,
    22 Microsoft Commercial Code Signing|msCodeCom`,
  '1.3.6.1.4.1.311.10.3': `1 Microsoft Trust List Signing|msCTLSign, 3 Microsoft Server Gated Crypto|msSGC,
    4 Microsoft Encrypted File System|msEFS`,
  '1.3.6.1.4.1.311.20.2': '2 Microsoft Smartcardlogin|msSmartcardLogin, 3 Microsoft Universal Principal Name|msUPN',
  '2.16.840.1.113730.4': '1 Netscape Server Gated Crypto|nsSGC',
  '2.5.29.37': '0 Any Extended Key Usage|anyExtendedKeyUsage',
  '1.3.6.1.5.2.3': '4 PKINIT Client Auth|pkInitClientAuth, 5 Signing KDC Response|pkInitKDC',
  '1.2.840.113549.1.1': `1 rsaEncryption, 2 md2WithRSAEncryption, 3 md4WithRSAEncryption, 4 md5WithRSAEncryption,
    5 sha1WithRSAEncryption, 10 rsassaPss, 11 sha256WithRSAEncryption, 12 sha384WithRSAEncryption, 13 sha512WithRSAEncryption,
    14 sha224WithRSAEncryption, 15 sha512-224WithRSAEncryption, 16 sha512-256WithRSAEncryption`,
  '1.2.840.10045.4': '1 ecdsa-with-SHA1',
  '1.2.840.10045.4.3': '1 ecdsa-with-SHA224, 2 ecdsa-with-SHA256, 3 ecdsa-with-SHA384, 4 ecdsa-with-SHA512',
  '1.2.840.10040.4': '1 dsaEncryption, 3 dsaWithSHA1',
  '1.3.101': '110 X25519, 111 X448, 112 ED25519, 113 ED448',
  '2.16.840.1.101.3.4.3': `1 dsa_with_SHA224, 2 dsa_with_SHA256, 3 dsa_with_SHA384, 4 dsa_with_SHA512, 5 dsa_with_SHA3-224,
    6 dsa_with_SHA3-256, 7 dsa_with_SHA3-384, 8 dsa_with_SHA3-512, 9 ecdsa_with_SHA3-224, 10 ecdsa_with_SHA3-256,
    11 ecdsa_with_SHA3-384, 12 ecdsa_with_SHA3-512, 13 RSA-SHA3-224, 14 RSA-SHA3-256, 15 RSA-SHA3-384, 16 RSA-SHA3-512`,
}

type Names = { readonly long: string; readonly short: string }

const NAMES: ReadonlyMap<string, Names> = new Map(
  Object.entries(ARCS).flatMap(([arc, objects]) =>
    objects.split(/,\s+/).map((object): [string, Names] => {
      const [, number, long = '', short = long] = /^(\d+) ([^|]*)(?:\|(.*))?$/.exec(object) ?? []
      return [`${arc}.${number}`, { long, short }]
    }),
  ),
)

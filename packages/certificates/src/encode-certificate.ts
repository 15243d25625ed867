import { createHash, createPrivateKey, sign } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import * as x509 from "@peculiar/asn1-x509";
import { type CertificateName, domainOf, privateBlocks, privateDomains } from "./names.js";

// Loaded when the first certificate is made and not before: most starts need none, and it costs 50 ms.

/** What goes into a certificate. */
export interface CertificateContents {
  readonly serial: Uint8Array;
  readonly subject: string;
  readonly issuer: string;
  /** SubjectPublicKeyInfo of whom it is for, DER. */
  readonly publicKey: Uint8Array;
  /** SubjectPublicKeyInfo of who signs, DER. */
  readonly issuerPublicKey: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** A server's names; or, for an authority, what it was made with. */
  readonly role:
    | { readonly kind: "server"; readonly names: readonly CertificateName[] }
    | { readonly kind: "authority"; readonly permitted: readonly CertificateName[] };
}

const ecdsaWithSha256 = "1.2.840.10045.4.3.2";
const organizationOid = "2.5.4.10";
const commonNameOid = "2.5.4.3";

/** Encodes and signs with a P-256 key (PKCS #8, PEM). The answer is PEM. */
export function encodeCertificate(contents: CertificateContents, signingKey: string): string {
  const { role } = contents;
  const publicKey = AsnConvert.parse(contents.publicKey, x509.SubjectPublicKeyInfo);
  const body = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: exactBuffer(contents.serial),
    signature: new x509.AlgorithmIdentifier({ algorithm: ecdsaWithSha256 }),
    issuer: nameOf(contents.issuer),
    validity: new x509.Validity({
      notBefore: wholeSeconds(contents.notBeforeMs),
      notAfter: wholeSeconds(contents.notAfterMs),
    }),
    subject: nameOf(contents.subject),
    subjectPublicKeyInfo: publicKey,
    extensions: new x509.Extensions([
      ...(role.kind === "server" ? serverExtensions(role.names) : authorityExtensions(role.permitted)),
      extension(x509.id_ce_subjectKeyIdentifier, false, new x509.SubjectKeyIdentifier(keyId(contents.publicKey))),
      extension(
        x509.id_ce_authorityKeyIdentifier,
        false,
        new x509.AuthorityKeyIdentifier({ keyIdentifier: new x509.KeyIdentifier(keyId(contents.issuerPublicKey)) }),
      ),
    ]),
  });
  const signature = sign("sha256", Buffer.from(AsnConvert.serialize(body)), createPrivateKey(signingKey));
  const certificate = new x509.Certificate({
    tbsCertificate: body,
    signatureAlgorithm: new x509.AlgorithmIdentifier({ algorithm: ecdsaWithSha256 }),
    signatureValue: exactBuffer(signature),
  });
  return pem(Buffer.from(AsnConvert.serialize(certificate)));
}

function serverExtensions(names: readonly CertificateName[]): readonly x509.Extension[] {
  return [
    extension(x509.id_ce_basicConstraints, true, new x509.BasicConstraints({ cA: false })),
    extension(x509.id_ce_keyUsage, true, new x509.KeyUsage(x509.KeyUsageFlags.digitalSignature)),
    extension(x509.id_ce_extKeyUsage, false, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth])),
    extension(
      x509.id_ce_subjectAltName,
      false,
      new x509.SubjectAlternativeName(
        names.map(
          ({ kind, text }) => new x509.GeneralName(kind === "address" ? { iPAddress: text } : { dNSName: text }),
        ),
      ),
    ),
  ];
}

function authorityExtensions(permitted: readonly CertificateName[]): readonly x509.Extension[] {
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const addresses = permitted.filter(({ kind }) => kind === "address").map(({ text }) => hostBlock(text));
  const domains = permitted.filter(({ kind }) => kind === "dns").map(domainOf);
  const bases = [
    ...[...privateBlocks, ...addresses].map((block) => new x509.GeneralName({ iPAddress: block })),
    ...[...privateDomains, ...domains].map((domain) => new x509.GeneralName({ dNSName: domain })),
  ];
  return [
    extension(x509.id_ce_basicConstraints, true, new x509.BasicConstraints({ cA: true, pathLenConstraint: 0 })),
    extension(x509.id_ce_keyUsage, true, new x509.KeyUsage(keyCertSign | cRLSign)),
    extension(
      x509.id_ce_nameConstraints,
      true,
      new x509.NameConstraints({
        permittedSubtrees: new x509.GeneralSubtrees(bases.map((base) => new x509.GeneralSubtree({ base }))),
      }),
    ),
  ];
}

const hostBlock = (address: string): string => `${address}/${address.includes(":") ? 128 : 32}`;

function extension(extnID: string, critical: boolean, value: object): x509.Extension {
  return new x509.Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function nameOf(commonName: string): x509.Name {
  const part = (type: string, text: string) =>
    new x509.RelativeDistinguishedName([
      new x509.AttributeTypeAndValue({ type, value: new x509.AttributeValue({ utf8String: text }) }),
    ]);
  return new x509.Name([part(organizationOid, "Hotkeep"), part(commonNameOid, commonName)]);
}

/** RFC 7093, method 1: the first 160 bits of the key's SHA-256. */
function keyId(publicKey: Uint8Array): ArrayBuffer {
  const { subjectPublicKey } = AsnConvert.parse(publicKey, x509.SubjectPublicKeyInfo);
  return exactBuffer(createHash("sha256").update(Buffer.from(subjectPublicKey)).digest().subarray(0, 20));
}

/** Certificates count in seconds. */
const wholeSeconds = (ms: number): Date => new Date(Math.floor(ms / 1_000) * 1_000);

/** The library wants buffers that hold nothing else. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

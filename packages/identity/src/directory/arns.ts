/** ARNs of an account's IAM entities. Paths begin and end with `/`. */
export class Arns {
  readonly account: string;

  constructor(account: string) {
    this.account = account;
  }

  get root(): string {
    return this.#iam("root");
  }

  user(path: string, name: string): string {
    return this.#iam(`user${path}${name}`);
  }

  group(path: string, name: string): string {
    return this.#iam(`group${path}${name}`);
  }

  role(path: string, name: string): string {
    return this.#iam(`role${path}${name}`);
  }

  policy(path: string, name: string): string {
    return this.#iam(`policy${path}${name}`);
  }

  instanceProfile(path: string, name: string): string {
    return this.#iam(`instance-profile${path}${name}`);
  }

  mfaDevice(path: string, name: string): string {
    return this.#iam(`mfa${path}${name}`);
  }

  /** @param url without `https://` */
  oidcProvider(url: string): string {
    return this.#iam(`oidc-provider/${url}`);
  }

  samlProvider(name: string): string {
    return this.#iam(`saml-provider/${name}`);
  }

  /** A role's session: without the role's path. */
  roleSession(roleName: string, sessionName: string): string {
    return `arn:aws:sts::${this.account}:assumed-role/${roleName}/${sessionName}`;
  }

  federatedUser(name: string): string {
    return `arn:aws:sts::${this.account}:federated-user/${name}`;
  }

  #iam(resource: string): string {
    return `arn:aws:iam::${this.account}:${resource}`;
  }
}

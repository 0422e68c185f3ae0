import * as azure from "@pulumi/azure-native/keyvault/index.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import type {Region, World} from "../regions/world.ts";
import type {Where} from "./group.ts";
import {vaultName} from "./names.ts";

export interface VaultArgs {
  readonly world: World;
  readonly region: Region;
  readonly where: Where;
  readonly tenantId: Input<string>;
  /** Name to value. */
  readonly secrets: Readonly<Record<string, Output<string>>>;
}

/** A region's Key Vault: what its pods read as files, and the edge's certificate, imported as `edge`. */
export class Vault extends ComponentResource {
  readonly id: Output<string>;
  readonly vaultName: Output<string>;
  readonly tenantId: Input<string>;

  constructor(name: string, args: VaultArgs, options?: ComponentResourceOptions) {
    super("meridian:Vault", name, {}, options);
    const vault = createVault(args, this);
    createSecrets(args, vault, this);
    this.id = vault.id;
    this.vaultName = vault.name;
    this.tenantId = args.tenantId;
    this.registerOutputs();
  }
}

function createVault({world, region, where, tenantId}: VaultArgs, parent: Vault) {
  const properties = {
    tenantId,
    sku: {family: "A", name: "standard" as const},
    enableRbacAuthorization: true,
    enableSoftDelete: true,
    enablePurgeProtection: true,
  };
  return new azure.Vault(
    "vault",
    {...where, vaultName: vaultName(world, region), properties},
    {parent},
  );
}

function createSecrets({where, secrets}: VaultArgs, vault: azure.Vault, parent: Vault) {
  for (const [secretName, value] of Object.entries(secrets))
    new azure.Secret(
      secretName,
      {...where, vaultName: vault.name, secretName, properties: {value}},
      {parent},
    );
}

import {account, deployment, group, refuses, type Step} from "../orders.cases.ts";
import {SUBSCRIPTION} from "./arm.ts";

const government = {environment: "usgovernment"} as const;
const china = {environment: "china"} as const;
const at = (location: string, [type, inputs]: Step): Step => [type, {...inputs, location}];

refuses(
  "a location of another cloud",
  [at("usgovvirginia", group)],
  [
    /^LocationNotAvailableForResourceType: The provided location 'usgovvirginia' is not available for resource type 'Microsoft\.Resources/,
  ],
);
refuses("its own", [at("usgovvirginia", group)], [], government);
refuses("the public cloud's in Azure Government", [group], [/^LocationNotAvailable/], government);

for (const [location, options] of [
  ["usgovtexas", government],
  ["chinanorth3", china],
] as const)
  refuses(
    `an account where Azure OpenAI is not sold, ${location}`,
    [at(location, group), at(location, account())],
    [/^InvalidApiSetId: The account type 'OpenAI' with sku 'S0' is either invalid or unavailable/],
    options,
  );

const offered = (name: string, model: string): readonly Step[] => [
  at("usgovarizona", group),
  at("usgovarizona", account()),
  deployment("one", {name, capacity: 1}, model),
];
const notOffered = [/^InvalidResourceProperties: The specified SKU/];
refuses("what it sells", offered("DataZoneStandard", "gpt-5.6-luna"), [], government);
refuses("a global one", offered("GlobalStandard", "gpt-4o"), notOffered, government);
refuses(
  "a model that is sold by zone alone",
  offered("Standard", "gpt-5.1"),
  notOffered,
  government,
);

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/group/providers`;
const subnet = `${GROUP}/Microsoft.Network/virtualNetworks/network/subnets/endpoints`;
const registry = `${GROUP}/Microsoft.ContainerRegistry/registries/images`;
const zoned = (privateZoneName: string): readonly Step[] => [
  at("chinanorth3", group),
  [
    "network:VirtualNetwork",
    {
      ...{resourceGroupName: "group", location: "chinanorth3", virtualNetworkName: "network"},
      addressSpace: {addressPrefixes: ["10.0.0.0/16"]},
      subnets: [{name: "endpoints", addressPrefix: "10.0.0.0/24"}],
    },
  ],
  [
    "containerregistry:Registry",
    {
      ...{resourceGroupName: "group", location: "chinanorth3", registryName: "images"},
      sku: {name: "Premium"},
    },
  ],
  ["privatedns:PrivateZone", {resourceGroupName: "group", location: "global", privateZoneName}],
  [
    "network:PrivateEndpoint",
    {
      ...{resourceGroupName: "group", location: "chinanorth3", privateEndpointName: "registry"},
      subnet: {id: subnet},
      privateLinkServiceConnections: [
        {name: "registry", privateLinkServiceId: registry, groupIds: ["registry"]},
      ],
    },
  ],
  [
    "network:PrivateDnsZoneGroup",
    {
      ...{resourceGroupName: "group", privateEndpointName: "registry"},
      privateDnsZoneGroupName: "default",
      privateDnsZoneConfigs: [
        {
          name: "registry",
          privateDnsZoneId: `${GROUP}/Microsoft.Network/privateDnsZones/${privateZoneName}`,
        },
      ],
    },
  ],
];
refuses("the zone that a name leads to", zoned("privatelink.azurecr.cn"), [], china);
refuses(
  "the public cloud's zone",
  zoned("privatelink.azurecr.io"),
  [
    /^PrivateDnsZoneNotAsked: The name of .*registries\/images leads to privatelink\.azurecr\.cn, and the zone is privatelink\.azurecr\.io\.$/,
  ],
  china,
);

const provider: Step = [
  "pulumi:providers:azure-native",
  {subscriptionId: SUBSCRIPTION, environment: "usgovernment"},
];
refuses("a subscription of another cloud", [provider], [/^SubscriptionNotFound: /]);
refuses("one of its own", [provider], [], government);

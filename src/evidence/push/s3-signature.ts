import { AwsV4Signer } from 'aws4fetch';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/**
 * The headers of a PUT with AWS Signature Version 4, which every storage that speaks S3 checks.
 *
 * @param sha256 of the body in lower-case hex: the storage refuses any other
 */
export async function s3Headers(
  url: string,
  headers: Readonly<Record<string, string>>,
  sha256: string,
  { accessKeyId, secretAccessKey, region }: S3Credentials,
): Promise<Record<string, string>> {
  const signer = new AwsV4Signer({
    method: 'PUT',
    url,
    headers: { ...headers, 'x-amz-content-sha256': sha256 },
    accessKeyId,
    secretAccessKey,
    region,
    service: 's3',
  });
  const signed = await signer.sign();
  return Object.fromEntries(signed.headers);
}

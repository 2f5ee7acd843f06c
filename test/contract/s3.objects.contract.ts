import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import * as s3 from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type ClientFactory, outcome } from './clients.ts';
import { API, Bucket, GUIDE, TestBucket } from './s3.bucket.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Writing and reading objects, as far as the lake relies on it. Each fact names the page it is from. */
export function s3ObjectsContract(name: string, factory: ClientFactory): void {
  describe(`S3 contract: ${name}`, () => {
    const bucket = new TestBucket(factory);

    describe(`conditional writes (${GUIDE}/conditional-writes.html)`, () => {
      it('If-None-Match: * writes once, then 412, then again after a delete', async () => {
        expect(await outcome(bucket.put('k', 'one', { IfNoneMatch: '*' }))).toBe('done');
        expect(await outcome(bucket.put('k', 'two', { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
        expect(await bucket.text('k')).toBe('one');
        await bucket.clients.s3.send(new s3.DeleteObjectCommand({ Bucket, Key: `${bucket.at}k` }));
        expect(await outcome(bucket.put('k', 'three', { IfNoneMatch: '*' }))).toBe('done');
        expect(await bucket.text('k')).toBe('three');
      });

      it('If-Match writes over that etag only; 412 for another; 404 for nothing', async () => {
        const { ETag } = await bucket.put('k', 'one');
        expect(await outcome(bucket.put('k', 'two', { IfMatch: '"00000000000000000000000000000000"' }))).toBe(
          '412 PreconditionFailed',
        );
        expect(await outcome(bucket.put('k', 'two', { IfMatch: ETag }))).toBe('done');
        expect(await outcome(bucket.put('k', 'three', { IfMatch: ETag }))).toBe('412 PreconditionFailed');
        expect(await outcome(bucket.put('none', 'x', { IfMatch: ETag }))).toBe('404 NoSuchKey');
        expect(await bucket.text('k')).toBe('two');
      });

      it('a chain of compare-and-swaps, an overwrite and a delete leave what was written last', async () => {
        let etag = (await bucket.put('k', '0')).ETag;
        for (let n = 1; n <= 40; n++) etag = (await bucket.put('k', String(n), { IfMatch: etag })).ETag;
        expect(await bucket.text('k')).toBe('40');
        await bucket.put('k', 'plain');
        expect(await bucket.text('k')).toBe('plain');
        expect(await outcome(bucket.put('k', 'x', { IfMatch: etag }))).toBe('412 PreconditionFailed');
        await bucket.clients.s3.send(new s3.DeleteObjectCommand({ Bucket, Key: `${bucket.at}k` }));
        expect(await bucket.keys()).toEqual([]);
        expect(await outcome(bucket.put('k', 'x', { IfMatch: etag }))).toBe('404 NoSuchKey');
      });

      it('CompleteMultipartUpload honours If-None-Match', async () => {
        await bucket.put('k', 'there');
        const { UploadId } = await bucket.clients.s3.send(
          new s3.CreateMultipartUploadCommand({ Bucket, Key: `${bucket.at}k` }),
        );
        const where = { Bucket, Key: `${bucket.at}k`, UploadId };
        const { ETag } = await bucket.clients.s3.send(
          new s3.UploadPartCommand({ ...where, PartNumber: 1, Body: 'part' }),
        );
        const complete = new s3.CompleteMultipartUploadCommand({
          ...where,
          IfNoneMatch: '*',
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
        });
        expect(await outcome(bucket.clients.s3.send(complete))).toBe('412 PreconditionFailed');
        expect(await bucket.text('k')).toBe('there');
      });
    });

    describe(`reading (${API}/API_GetObject.html)`, () => {
      it('gives body, etag, length, type, metadata back', async () => {
        await bucket.put('k', 'hello', {
          ContentType: 'text/plain',
          ContentEncoding: 'identity',
          CacheControl: 'no-store',
          Metadata: { Colour: 'gruen' },
        });
        const found = await bucket.get('k');
        expect(found.ETag).toBe(`"${md5('hello')}"`);
        expect(found.ContentLength).toBe(5);
        expect(found.ContentType).toBe('text/plain');
        expect(found.ContentEncoding).toBe('identity');
        expect(found.CacheControl).toBe('no-store');
        expect(found.Metadata).toEqual({ colour: 'gruen' });
        expect(Math.abs(Date.now() - (found.LastModified?.getTime() ?? 0))).toBeLessThan(60_000);
        expect(await found.Body?.transformToString()).toBe('hello');
        const head = await bucket.clients.s3.send(new s3.HeadObjectCommand({ Bucket, Key: `${bucket.at}k` }));
        expect([head.ETag, head.ContentLength, head.Metadata]).toEqual([found.ETag, 5, { colour: 'gruen' }]);
      });

      it('what is put as STANDARD is what it is without that', async () => {
        await bucket.put('k', 'hello', { StorageClass: 'STANDARD' });
        expect(await bucket.text('k')).toBe('hello');
        expect((await bucket.get('k')).StorageClass).toBeUndefined();
      });

      const ranges: [range: string, expected: string, contentRange?: string][] = [
        ['bytes=0-0', '0', 'bytes 0-0/10'],
        ['bytes=2-4', '234', 'bytes 2-4/10'],
        ['bytes=7-', '789', 'bytes 7-9/10'],
        ['bytes=-3', '789', 'bytes 7-9/10'],
        ['bytes=-99', '0123456789', 'bytes 0-9/10'],
        ['bytes=8-99', '89', 'bytes 8-9/10'],
        ['bytes=10-', '416 InvalidRange'],
        ['bytes=-0', '416 InvalidRange'],
        ['bytes=99-100', '416 InvalidRange'],
      ];
      it.each(ranges)('range %s', async (Range, expected, contentRange) => {
        await bucket.put('k', '0123456789');
        if (!contentRange) expect(await outcome(bucket.get('k', { Range }))).toBe(expected);
        else {
          const part = await bucket.get('k', { Range });
          expect(await part.Body?.transformToString()).toBe(expected);
          expect(part.ContentRange).toBe(contentRange);
          expect(part.ContentLength).toBe(expected.length);
        }
      });

      it('conditions: 304 and 412', async () => {
        const { ETag } = await bucket.put('k', 'x');
        const other = '"00000000000000000000000000000000"';
        expect(await outcome(bucket.get('k', { IfMatch: ETag }))).toBe('done');
        expect(await outcome(bucket.get('k', { IfMatch: other }))).toBe('412 PreconditionFailed');
        expect(await outcome(bucket.get('k', { IfNoneMatch: ETag }))).toMatch(/^304 /);
        expect(await outcome(bucket.get('k', { IfNoneMatch: other }))).toBe('done');
      });

      it('missing things have their names', async () => {
        expect(await outcome(bucket.get('none'))).toBe('404 NoSuchKey');
        expect(await outcome(bucket.clients.s3.send(new s3.HeadObjectCommand({ Bucket, Key: 'none' })))).toBe(
          '404 NotFound',
        );
        const elsewhere = { Bucket: 'no-such-bucket-here', Key: 'k' };
        expect(await outcome(bucket.clients.s3.send(new s3.GetObjectCommand(elsewhere)))).toBe(
          '404 NoSuchBucket',
        );
        expect(
          await outcome(bucket.clients.s3.send(new s3.PutObjectCommand({ ...elsewhere, Body: 'x' }))),
        ).toBe('404 NoSuchBucket');
        expect(
          await outcome(bucket.clients.s3.send(new s3.HeadBucketCommand({ Bucket: elsewhere.Bucket }))),
        ).toMatch(/^404 /);
        expect(await outcome(bucket.clients.s3.send(new s3.HeadBucketCommand({ Bucket })))).toBe('done');
      });
    });

    describe(`integrity (${GUIDE}/checking-object-integrity.html)`, () => {
      // Checksums of "123456789" are the check values of the CRC catalogue, in base 64.
      const checks: [field: 'ChecksumCRC32' | 'ChecksumCRC32C' | 'ChecksumCRC64NVME', hex: string][] = [
        ['ChecksumCRC32', 'cbf43926'],
        ['ChecksumCRC32C', 'e3069283'],
        ['ChecksumCRC64NVME', 'ae8b14860a799888'],
      ];
      it.each(checks)('%s is checked and given back', async (field, hex) => {
        const right = Buffer.from(hex, 'hex').toString('base64');
        const wrong = Buffer.from(hex.replace(/^./, '0'), 'hex').toString('base64');
        expect(await outcome(bucket.put('k', '123456789', { [field]: wrong }))).toMatch(
          /^400 (BadDigest|InvalidRequest)/,
        );
        expect(await outcome(bucket.get('k'))).toBe('404 NoSuchKey');
        expect((await bucket.put('k', '123456789', { [field]: right }))[field]).toBe(right);
        expect((await bucket.get('k', { ChecksumMode: 'ENABLED' }))[field]).toBe(right);
      });

      it('SHA-256 too', async () => {
        const ChecksumSHA256 = createHash('sha256').update('123456789').digest('base64');
        const wrong = createHash('sha256').update('other').digest('base64');
        expect(await outcome(bucket.put('k', '123456789', { ChecksumSHA256: wrong }))).toMatch(/^400 /);
        expect((await bucket.put('k', '123456789', { ChecksumSHA256 })).ChecksumSHA256).toBe(ChecksumSHA256);
      });

      it('Content-MD5', async () => {
        const ContentMD5 = createHash('md5').update('right').digest('base64');
        expect(await outcome(bucket.put('k', 'wrong', { ContentMD5 }))).toBe('400 BadDigest');
        expect(await outcome(bucket.put('k', 'right', { ContentMD5: 'short' }))).toBe('400 InvalidDigest');
        expect(await outcome(bucket.put('k', 'right', { ContentMD5 }))).toBe('done');
      });

      it('streams arrive whole, with their trailing checksum', async () => {
        const pieces = Array.from({ length: 40 }, (_, i) => Buffer.alloc(70_000, i));
        const whole = Buffer.concat(pieces);
        const put = new s3.PutObjectCommand({
          Bucket,
          Key: `${bucket.at}stream`,
          Body: Readable.from(pieces),
          ContentLength: whole.length,
        });
        expect((await bucket.clients.s3.send(put)).ETag).toBe(
          `"${createHash('md5').update(whole).digest('hex')}"`,
        );
        const back = await (await bucket.get('stream')).Body?.transformToByteArray();
        expect(Buffer.compare(Buffer.from(back ?? []), whole)).toBe(0);
      });
    });
  });
}

import { createHash } from 'node:crypto';
import * as s3 from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type ClientFactory, outcome } from './clients.ts';
import { API, Bucket, TestBucket } from './s3.bucket.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Keys, listings, deletes, copies and multipart uploads, as far as the lake relies on them. Each fact names the page it is from. */
export function s3KeysContract(name: string, factory: ClientFactory): void {
  describe(`S3 contract: ${name}`, () => {
    const bucket = new TestBucket(factory);

    describe(`keys and listing (${API}/API_ListObjectsV2.html)`, () => {
      const strange = [
        'a',
        'a/b',
        'a/',
        'a//b',
        'a/../b',
        './x',
        '..',
        'per%cent',
        'per%25cent',
        'sp ace+plus',
        'at@1',
        'at',
        'ünïcødé/日本/😀',
        '',
        'part-0.parquet',
        'x=1/y=2/f.json',
        `long/${'s'.repeat(400)}`,
        `long/${'é'.repeat(300)}/tail`,
        'back\\slash:"*?<>|',
      ].filter((key) => key !== '');

      it('any legal key holds its own object', async () => {
        for (const key of strange) await bucket.put(key, `body of ${key}`);
        for (const key of strange) expect(await bucket.text(key)).toBe(`body of ${key}`);
        const bytes = (key: string) => Buffer.from(key);
        expect(await bucket.keys()).toEqual([...strange].sort((a, b) => Buffer.compare(bytes(a), bytes(b))));
        for (const key of strange) {
          await bucket.clients.s3.send(new s3.DeleteObjectCommand({ Bucket, Key: bucket.at + key }));
        }
        expect(await bucket.keys()).toEqual([]);
      });

      it('keys come in UTF-8 byte order, also beyond U+FFFF', async () => {
        const ordered = ['A', 'Z', '_', 'a', 'é', '\uffee', '😀'];
        for (const key of [...ordered].reverse()) await bucket.put(key, 'x');
        expect(await bucket.keys()).toEqual(ordered);
      });

      it('prefix, start-after, delimiter', async () => {
        for (const key of ['a', 'a-b', 'a/1', 'a/2', 'a0', 'b/1/x', 'b/2', 'c']) await bucket.put(key, 'x');
        expect(await bucket.keys()).toEqual(['a', 'a-b', 'a/1', 'a/2', 'a0', 'b/1/x', 'b/2', 'c']);
        expect(await bucket.keys({ Prefix: `${bucket.at}a` })).toEqual(['a', 'a-b', 'a/1', 'a/2', 'a0']);
        expect(await bucket.keys({ Prefix: `${bucket.at}a/` })).toEqual(['a/1', 'a/2']);
        expect(await bucket.keys({ StartAfter: `${bucket.at}a/1` })).toEqual([
          'a/2',
          'a0',
          'b/1/x',
          'b/2',
          'c',
        ]);
        const level = await bucket.list({ Delimiter: '/' });
        expect(level.Contents?.map((one) => one.Key)).toEqual(
          ['a', 'a-b', 'a0', 'c'].map((k) => bucket.at + k),
        );
        expect(level.CommonPrefixes?.map((one) => one.Prefix)).toEqual([`${bucket.at}a/`, `${bucket.at}b/`]);
        expect(level.KeyCount).toBe(6);
        const odd = await bucket.list({ Delimiter: '1' });
        expect(odd.CommonPrefixes?.map((one) => one.Prefix)).toEqual(
          ['a/1', 'b/1'].map((k) => bucket.at + k),
        );
        expect(odd.Contents?.map((one) => one.Key)).toEqual(
          ['a', 'a-b', 'a/2', 'a0', 'b/2', 'c'].map((k) => bucket.at + k),
        );
      });

      it('pages, with and without a delimiter, hold everything once', async () => {
        const all = Array.from({ length: 23 }, (_, i) => `d${String(i % 5)}/k${String(i).padStart(2, '0')}`);
        for (const key of all) await bucket.put(key, key);
        for (const size of [1, 2, 5, 22, 23, 1000]) {
          const seen: string[] = [];
          let ContinuationToken: string | undefined;
          do {
            const page = await bucket.list({ MaxKeys: size, ContinuationToken });
            expect(page.KeyCount).toBeLessThanOrEqual(size);
            expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
            seen.push(...(page.Contents ?? []).map((one) => (one.Key ?? '').slice(bucket.at.length)));
            ContinuationToken = page.NextContinuationToken;
          } while (ContinuationToken);
          expect(seen).toEqual([...all].sort());
        }
        const prefixes: string[] = [];
        let ContinuationToken: string | undefined;
        do {
          const page = await bucket.list({ MaxKeys: 2, Delimiter: '/', ContinuationToken });
          prefixes.push(
            ...(page.CommonPrefixes ?? []).map((one) => (one.Prefix ?? '').slice(bucket.at.length)),
          );
          ContinuationToken = page.NextContinuationToken;
        } while (ContinuationToken);
        expect(prefixes).toEqual(['d0/', 'd1/', 'd2/', 'd3/', 'd4/']);
      });

      it('sizes, etags, encoding-type=url, bad arguments', async () => {
        await bucket.put('sp ace', 'four');
        const [one] = (await bucket.list({ EncodingType: 'url' })).Contents ?? [];
        expect(one?.Key).toMatch(/sp(%20|\+)ace$/);
        expect([one?.Size, one?.ETag]).toEqual([4, `"${md5('four')}"`]);
        expect(await outcome(bucket.list({ MaxKeys: -1 }))).toBe('400 InvalidArgument');
        expect((await bucket.list({ MaxKeys: 0 })).KeyCount).toBe(0);
      });

      it('says on request which objects were brought back from an archive: none', async () => {
        await bucket.put('k', 'four');
        const { Contents } = await bucket.list({ OptionalObjectAttributes: ['RestoreStatus'] });
        expect(Contents?.map((one) => [one.Size, one.RestoreStatus])).toEqual([[4, undefined]]);
      });

      it('a key of 1024 bytes is the longest', async () => {
        const Body = 'x';
        const longest = 'k'.repeat(1024);
        expect(
          await outcome(bucket.clients.s3.send(new s3.PutObjectCommand({ Bucket, Key: longest, Body }))),
        ).toBe('done');
        expect(
          await outcome(
            bucket.clients.s3.send(new s3.PutObjectCommand({ Bucket, Key: `${longest}k`, Body })),
          ),
        ).toBe('400 KeyTooLongError');
        await bucket.clients.s3.send(new s3.DeleteObjectCommand({ Bucket, Key: longest }));
      });
    });

    describe(`deleting (${API}/API_DeleteObjects.html)`, () => {
      it('is silent about what is not there', async () => {
        expect(
          await outcome(bucket.clients.s3.send(new s3.DeleteObjectCommand({ Bucket, Key: 'none' }))),
        ).toBe('done');
      });

      it('DeleteObjects answers per item, quiet answers nothing', async () => {
        await bucket.put('a', 'x');
        await bucket.put('b', 'x');
        const remove = (names: string[], Quiet: boolean) =>
          bucket.clients.s3.send(
            new s3.DeleteObjectsCommand({
              Bucket,
              Delete: { Quiet, Objects: names.map((name) => ({ Key: bucket.at + name })) },
            }),
          );
        const first = await remove(['a', 'none & <more>'], false);
        expect(first.Deleted?.map((one) => one.Key)).toEqual([`${bucket.at}a`, `${bucket.at}none & <more>`]);
        expect(first.Errors ?? []).toEqual([]);
        expect((await remove(['b'], true)).Deleted ?? []).toEqual([]);
        expect(await bucket.keys()).toEqual([]);
      });
    });

    describe(`copying (${API}/API_CopyObject.html)`, () => {
      const copy = (from: string, to: string, more: Partial<s3.CopyObjectCommandInput> = {}) =>
        bucket.clients.s3.send(
          new s3.CopyObjectCommand({
            Bucket,
            Key: bucket.at + to,
            CopySource: `${Bucket}/${encodeURIComponent(bucket.at + from)}`,
            ...more,
          }),
        );
      it('copies bytes and metadata, or replaces metadata', async () => {
        await bucket.put('from +é', 'body', { Metadata: { a: '1' }, ContentType: 'text/plain' });
        await copy('from +é', 'to');
        const kept = await bucket.get('to');
        expect([await kept.Body?.transformToString(), kept.Metadata, kept.ContentType]).toEqual([
          'body',
          { a: '1' },
          'text/plain',
        ]);
        await copy('from +é', 'to', { MetadataDirective: 'REPLACE', Metadata: { b: '2' } });
        expect((await bucket.get('to')).Metadata).toEqual({ b: '2' });
        await bucket.put('from +é', 'changed');
        expect(await bucket.text('to')).toBe('body');
      });

      it('errors', async () => {
        const { ETag } = await bucket.put('from', 'x');
        expect(await outcome(copy('none', 'to'))).toBe('404 NoSuchKey');
        expect(await outcome(copy('from', 'from'))).toBe('400 InvalidRequest');
        expect(await outcome(copy('from', 'to', { CopySourceIfNoneMatch: ETag }))).toBe(
          '412 PreconditionFailed',
        );
      });
    });

    describe(`multipart uploads (${API}/API_CompleteMultipartUpload.html)`, () => {
      const begin = async (key: string) => {
        const input = { Bucket, Key: bucket.at + key };
        const { UploadId } = await bucket.clients.s3.send(new s3.CreateMultipartUploadCommand(input));
        return { ...input, UploadId };
      };
      it('joins parts in order; the etag is the MD5 of the MD5s', async () => {
        const where = await begin('big');
        const bodies = [Buffer.alloc(5 * 1024 * 1024, 1), Buffer.from('tail')];
        const Parts: s3.CompletedPart[] = [];
        for (const [index, Body] of bodies.entries()) {
          const part = { ...where, PartNumber: index + 1, Body };
          const { ETag } = await bucket.clients.s3.send(new s3.UploadPartCommand(part));
          Parts.push({ PartNumber: index + 1, ETag });
        }
        const backwards = { ...where, MultipartUpload: { Parts: [...Parts].reverse() } };
        expect(await outcome(bucket.clients.s3.send(new s3.CompleteMultipartUploadCommand(backwards)))).toBe(
          '400 InvalidPartOrder',
        );
        const done = await bucket.clients.s3.send(
          new s3.CompleteMultipartUploadCommand({ ...where, MultipartUpload: { Parts } }),
        );
        const sums = bodies.map((body) => createHash('md5').update(body).digest());
        const expected = createHash('md5').update(Buffer.concat(sums)).digest('hex');
        expect(done.ETag).toBe(`"${expected}-2"`);
        expect((await bucket.get('big', { Range: 'bytes=-5' })).ContentRange).toBe(
          'bytes 5242879-5242883/5242884',
        );
        expect(await bucket.text('big', { Range: 'bytes=-4' })).toBe('tail');
      });

      it('errors: small parts, unknown parts, unknown and aborted uploads', async () => {
        const where = await begin('k');
        const upload = (PartNumber: number) =>
          bucket.clients.s3.send(new s3.UploadPartCommand({ ...where, PartNumber, Body: 'small' }));
        const Parts = [
          { PartNumber: 1, ETag: (await upload(1)).ETag },
          { PartNumber: 2, ETag: (await upload(2)).ETag },
        ];
        const complete = (parts: s3.CompletedPart[]) =>
          outcome(
            bucket.clients.s3.send(
              new s3.CompleteMultipartUploadCommand({ ...where, MultipartUpload: { Parts: parts } }),
            ),
          );
        expect(await complete(Parts)).toBe('400 EntityTooSmall');
        expect(await complete([{ PartNumber: 3, ETag: Parts[0]?.ETag }])).toBe('400 InvalidPart');
        await bucket.clients.s3.send(new s3.AbortMultipartUploadCommand(where));
        expect(await outcome(upload(1))).toBe('404 NoSuchUpload');
        expect(await complete(Parts)).toBe('404 NoSuchUpload');
        expect(await bucket.keys()).toEqual([]);
      });
    });
  });
}
